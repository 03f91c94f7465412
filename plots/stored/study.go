package stored

import "errors"

// A Study says what the figures of a sweep show. A metric's name stands for its mean, and with the
// end .p50, .p90 or .p99 for that quantile.
type Study struct {
	Axes    []string `json:"axes"` // paths of settings, in the order of the scenario
	Metrics []string `json:"metrics"`
	Cost    string   `json:"cost"`    // what is paid, and
	Worth   string   `json:"worth"`   // what for
	Success float64  `json:"success"` // the least share of lookups that must succeed
}

func (s *Study) validate() error {
	switch {
	case len(s.Axes) == 0:
		return errors.New(`study: missing "axes"`)
	case len(s.Metrics) == 0:
		return errors.New(`study: missing "metrics"`)
	case s.Cost == "" || s.Worth == "":
		return errors.New(`study: missing "cost" or "worth"`)
	case !(s.Success >= 0 && s.Success <= 1):
		return errors.New(`study: "success" is no share of 1`)
	}
	return nil
}
