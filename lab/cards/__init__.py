"""Virtual cards: what a card answers, the virtual reader's protocol, and the slot a card is put into."""
