"""An order said anew: what it is about, which day it is due, and what it waits for."""
