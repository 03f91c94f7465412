package scenarios

// Collection is a set of shipped scenarios that are run together, by one name.
type Collection struct {
	Name, Title string
	Scenarios   []string
}

// Collections lists them.
func Collections() []Collection {
	return []Collection{
		{"validation", "Published results, reproduced in some minutes, in one table", validated()},
		{"validation-full", "Published results, reproduced in a night: a day, a million nodes",
			append(validated(), validatedAtNight()...)},
	}
}

// validated lists what takes some minutes of two processors, all together. A scenario is there with
// all of its published values or not at all: what takes longer is a scenario of its own.
func validated() []string {
	return []string{
		"hops-model",
		"bits-per-hop",
		"lookup-cost",
		"stale-fifth",
		"stale-half",
		"uptimes",
		"arrivals",
		"king",
		"oversim",
		"walk-model",
		"ipfs-walk",
		"records",
		"effectiveness",
		"rarest-first",
		"super-seed",
		"murai",
	}
}

// validatedAtNight lists what takes longer.
func validatedAtNight() []string {
	return []string{
		"uptimes-day",
		"arrivals-kad",
		"hops-million",
		"lookup-million",
		"latency-bandwidth",
		"regimes",
		"connectivity",
		"crawl-bias",
		"flash-crowd",
		"steady-swarm",
		"bharambe",
		"bharambe-seed",
		"legout-2006",
		"legout-2007",
		"bitthief",
		"bittyrant",
		"large-view",
	}
}

// Expand puts the scenarios of a collection in the place of its name, and drops what is named
// twice.
func Expand(names []string) []string {
	var all []string
	seen := map[string]bool{}
	for _, name := range names {
		members := []string{name}
		for _, c := range Collections() {
			if c.Name == name {
				members = c.Scenarios
			}
		}
		for _, member := range members {
			if !seen[member] {
				seen[member] = true
				all = append(all, member)
			}
		}
	}
	return all
}
