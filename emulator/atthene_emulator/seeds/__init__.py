"""What a namespace starts from: seed files read, checked and watched."""
