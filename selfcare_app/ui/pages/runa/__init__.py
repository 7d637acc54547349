"""The pages of РУНА: registration by form, a locked sign-in, guarded sections; and the letter for a new password."""
