"""What cleans a header and a codestream before anything is written: what is not named is removed."""
