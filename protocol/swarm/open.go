package swarm

type open struct{}
