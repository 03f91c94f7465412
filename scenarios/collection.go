package scenarios

// Collection is a set of shipped scenarios that are run together, by one name.
type Collection struct {
	Name, Title string
	Scenarios   []string
}

// Collections lists them.
func Collections() []Collection {
	return []Collection{{
		Name:  "validation",
		Title: "Published results, reproduced: several scenarios, one table",
		Scenarios: []string{"hops-model", "bits-per-hop", "lookup-cost", "stale-fifth",
			"stale-half", "uptimes", "arrivals", "oversim",
			"walk-model", "ipfs-walk", "latency-bandwidth", "regimes"},
	}}
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
