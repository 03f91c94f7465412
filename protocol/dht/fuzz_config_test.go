package dht

import "time"

// client chooses one of the clients, or a mixture, with a small table and a small store.
func (o *ordeal) client() Config {
	cfg, _ := Profile(Profiles()[o.todo.byte()%len(Profiles())])
	cfg.K, cfg.Buckets, cfg.Torrents, cfg.Peers, cfg.Items = 4, []int{4, 3}, 3, 3, 3
	cfg.Replacements = min(cfg.Replacements, 2)
	o.mixPolicies(&cfg)
	return cfg
}

// protect chooses what the node does against abuse, and what it stores, in as many ways as profiles
// have.
func (o *ordeal) protect(cfg *Config) {
	choice := o.todo.byte()
	if choice%4 == 0 {
		cfg.SourceLimit, cfg.SourceBan = 20, time.Second
	}
	if choice%8 == 1 {
		cfg.QueryRate, cfg.QueryBurst = 1, 5
	}
	cfg.SecureIDs = SecureIDs(choice / 8 % int(numSecureIDs))
	cfg.WithholdTokens, cfg.PeerPorts, cfg.TokenPort = choice&2 != 0, choice&4 != 0, choice&32 != 0
	if choice&64 != 0 {
		cfg.PeerExpiry = 0
	}
}

// mixPolicies makes a client that nobody wrote, or lets the chosen one have neighbours in its net.
func (o *ordeal) mixPolicies(cfg *Config) {
	cfg.Diverse = cfg.Diverse && o.todo.byte()%4 == 0
	cfg.SecureIDs = SecureIDs(o.todo.byte() % 6 % int(numSecureIDs))
	if o.todo.byte()%2 > 0 {
		return
	}
	cfg.Admission = Admission(o.todo.byte() % int(numAdmissions))
	cfg.Eviction = Eviction(o.todo.byte() % int(numEvictions))
	cfg.Upkeep = Upkeep(o.todo.byte() % int(numUpkeeps))
	cfg.Replacements, cfg.RemoveAfter = o.todo.byte()%3, o.todo.byte()%4
	cfg.Diverse, cfg.ReplyNear = o.todo.byte()%2 == 0, o.todo.byte()%2 == 0
}
