package netmodel

// presets are published fits, and the shares of ungraceful exits where a study has them. What a
// study does not give is left empty, not made up: the times offline of most, and how Kad and IPFS
// nodes leave (neither network has a message for it, so all of them crash).
//
// Stutzbach and Rejaie, Understanding churn in peer-to-peer networks, IMC 2006, fitted Weibull laws
// to tracker logs of three BitTorrent swarms; parameters as cited, the unit confirmed by the
// uptimes of the same paper. The shares of ungraceful exits come from the same logs, second-hand.
//
// Steiner, En-Najjary, Biersack, Long term study of peer behavior in the KAD DHT: parameters read
// in the source of the PeerfactSim simulator, which cites it. The means that were measured are
// above those of the fits: of sessions by 8 %, of times offline by 22 %.
var presets = [...]struct{ name, session, offline, graceful, always string }{
	// Red Hat 9, 2003, three months: long-lived swarm of a large file. 22 % ungraceful.
	{"redhat", "weibull(0.34, 21.3m)", "", "78%", "0%"},
	// Debian, 2005, two months. 70 % ungraceful.
	{"debian", "weibull(0.38, 42.4m)", "", "30%", "0%"},
	// FlatOut, a game's demo, 2004, two months: people leave when it is there. 27 % ungraceful.
	{"flatout", "weibull(0.59, 41.9m)", "", "73%", "0%"},
	// Kad, all crawls but the first. The law of times offline is one for both.
	{"kad", "weibull(0.61511, 169.5385m)", "weibull(0.47648, 413.6765m)", "0%", "0%"},
	// Kad, nodes that the first crawl found: it found the long sessions, with their greater weight.
	{"kad-first", "weibull(0.54512, 357.7152m)", "weibull(0.47648, 413.6765m)", "0%", "0%"},
	// IPFS: the Weibull law through two points of Trautwein et al., SIGCOMM 2022 (second-hand):
	// 87.6 % of sessions below 8 h, 97.5 % below 24 h. The law is ours. A large part of it is
	// churn of connections and not of programs. Of the nodes, 1.4 % were online for more than 90 %
	// of the time: they are always on.
	{"ipfs", "weibull(0.518, 116m)", "", "0%", "1.4%"},
	// IPFS, the same through two points of ProbeLab's RFM2 of April and May 2022: half of the
	// sessions up to 2 h, 80 % up to 8 h. Always on are as many as above.
	{"ipfs-2022", "weibull(0.608, 219m)", "", "0%", "1.4%"},
	// What Heep, ATNAC 2010, simulates in OverSim (second-hand): a mean of 10,000 s.
	{"heep", "weibull(0.5, 5000s)", "", "0%", "0%"},
	// What Li et al., INFOCOM 2005, simulate in p2psim (second-hand); nodes return with another id.
	{"li", "exponential(1h)", "", "0%", "0%"},
}

// ChurnPresets returns the names of the published churn models, swarms first.
func ChurnPresets() []string {
	var names []string
	for _, p := range presets {
		names = append(names, p.name)
	}
	return names
}

// ChurnPreset returns the churn of that name, with a steady start. Offline is the zero Span where
// nothing was published, which is nearly everywhere but for Kad: set it, it decides how many nodes
// are online.
func ChurnPreset(name string) (Churn, bool) {
	for _, p := range presets {
		if p.name == name {
			return Churn{Session: mustSpan(p.session), Offline: mustSpan(p.offline),
				Graceful: mustProbability(p.graceful),
				AlwaysOn: mustProbability(p.always)}, true
		}
	}
	return Churn{}, false
}

func mustSpan(text string) Span {
	if text == "" {
		return Span{}
	}
	s, err := ParseSpan(text)
	if err != nil {
		panic(err)
	}
	return s
}

func mustProbability(text string) Probability {
	p, err := ParseProbability(text)
	if err != nil {
		panic(err)
	}
	return p
}
