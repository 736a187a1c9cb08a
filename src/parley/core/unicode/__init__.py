"""Unicode: names that look alike, and the tables that this takes."""
