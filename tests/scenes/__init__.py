"""Every page in every state worth looking at: for pictures and for the checks that all pages go through."""
