"""`python -m parley`: what the installed `parley` command does."""

from parley.cli.main import main

if __name__ == "__main__":
    main()
