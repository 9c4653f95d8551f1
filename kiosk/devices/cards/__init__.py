"""Cards: the PC/SC loop, one worker a reader, and the profiles that know what is on a card."""
