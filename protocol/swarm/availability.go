package swarm

type availability struct{}
