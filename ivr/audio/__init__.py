"""Sound before words: frames, voice activity, echo, files."""
