"""The panel of the virtual devices: what a patient, a printer and a network do to a terminal, at the mouse."""
