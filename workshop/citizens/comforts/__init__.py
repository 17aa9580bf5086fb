"""How a person wants the tablet: large print, contrast, calm, read aloud, and the language it speaks."""
