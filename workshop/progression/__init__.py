"""From records to what people agree on: evidence, indication, adopted levels, plan, goals, competence card."""
