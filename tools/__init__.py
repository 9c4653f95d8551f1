"""What composes all packages: demo, checks, benches, soaks. Not shipped."""
