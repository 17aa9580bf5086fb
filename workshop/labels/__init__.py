"""Price labels: sheets, layouts, the print queue and the PDF that goes to the printer."""
