"""What the printer models differ in, one TOML file each."""
