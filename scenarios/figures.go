package scenarios

// figuresOf returns the figures of a scenario that names none and has no lookups to show.
func figuresOf(s *Scenario) string {
	switch {
	case s.Swarms() && !s.Audit.None():
		return "[accounting, methods, completion, utilisation, share-ratio]"
	case s.Swarms():
		return "[completion, utilisation, share-ratio]"
	case s.Ledgers():
		return "[undercount]"
	}
	return ""
}
