// Package scenarios is the scenario file: one experiment in strict YAML, with units in its values,
// and the library of scenarios that the program ships.
//
// [Open], [Load] and [Parse] read and check a scenario; errors point to line and column and name
// the mend. [Scenario.Set] and [Scenario.ApplyQuick] change it by the same rules; call
// [Scenario.Validate] after the last change. [Scenario.Cells] makes the product of a sweep, each
// cell a scenario of its own, and [Scenario.Estimate] tells what it will cost before anything is
// allocated. [Scenario.Resolved] prints every value, and is accepted back as input.
//
// All groups of a scenario are one network. The nodes of a group run one deployed client or a mix
// ([Clients]); what the group does not write below dht is each client's own, the default "client",
// and [Scenario.Config] is where the two meet. [Churn] has nodes come and go; [ChurnFiles] reads
// the traces and measured lengths that it names.
//
// What the network does to datagrams is below network: delays, loss, NATs and firewalls ([NAT]),
// access lines ([Links]). What goes wrong, and when, is the list [Fault]: what is wrong all the
// time is a fault without an end. [FaultsText] writes a list as --set faults= takes it.
//
// A [Target] is a published value that a scenario is to reproduce, within a tolerance; results are
// held against it. [Collections] are shipped scenarios that are run together, by one name.
//
// The table of rules in defaults.go is the one place that knows defaults, ranges and meanings.
//
// Package lab below runs scenarios; what they found is in package findings, which package metrics
// reduces to numbers and package results writes down; and package oracle holds the theory that
// they are measured against.
package scenarios
