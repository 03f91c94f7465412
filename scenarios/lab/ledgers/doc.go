// Package ledgers makes the worlds of scenarios with a ledger: users who announce to a tracker what
// they transfer, without any transfer. The clients, the packets and the ledgers are those of
// package tracker; the totals that clients report are a plan made before the run. So a tracker's
// ledger can be held against the truth over weeks of sessions, and the methods of package audit
// over thousands of swarms, in seconds.
//
//	plan.go      who is there when, and transfers how much: sessions
//	company.go   who meets whom, in rounds
//	population.go  the users, each with the client of its session
//	world.go     the tracker and who hears it: ledgers of all rules, and the desk
//	looks.go     users judged by M1, M3, M4 and M5
//	audits.go    M10
//	report.go    rows
//
// [New] makes the world of one run from a scenario and a seed. Its owner hands [World.Cores],
// [World.Network] and the World itself, as the actor, to a sim.World, says [World.Schedule], and
// then runs it to [World.Next], with [World.Tick] there, again and again. [World.Report] writes
// what was found into a run.
//
// # The model
//
// A user has one session after the other, each under a peer id of its own, as clients choose them.
// Within a session it transfers at a constant rate. Sessions come from the group's churn, or there
// is one in each round. A session ends in good order, with an announce that says so, or without a
// word. Shares that a ledger misses do not depend on the rate.
//
// In rounds the tracker deals all users into swarms (M4's controlled lists). What a user uploads
// is log-normal, and the others of its swarm download it in equal parts. They come at random times
// within an interval and end together, so that what is not told of a session without an end is
// anything up to what an interval brings. That is the honest loss, on one side only: what one end
// does not tell the other one does.
//
// # Departures
//
//   - Who returns sooner than scenarios.Settle after a leave in good order returns then.
//   - A user that a steady start finds online began to count when the run does.
//   - Reports that audits compare are not signed here; see package audit for what signing is for.
package ledgers
