// Package accuracy says how wrong an audit is: estimates against the truth, and accusations against
// who really cheats. It also holds the one method of audit that needs linear algebra.
//
//	errors.go       relative errors of users' bytes: [Errors]
//	detection.go    accusations and scores: [Detection], [AUC], [ROC], [Delays]
//	attribution.go  M3 of package audit, least squares: [Attribute]
//
// It is for reporting: it computes in floats after a run, which may differ between architectures in
// the last digits, and nothing of it may reach a run. That is why M3 is here and not in package
// audit: its input, an audit.Sheet, is exact; its output is a score. Everything is a pure function
// of its arguments, whose slices it does not keep or change.
//
// # Three denominators
//
// A relative error depends on what counts as the truth: payload, payload with the protocol's
// overhead, or bytes of verified pieces. Which it is, is for the caller to choose and to say:
// [Measure] takes a slice of truths, and reports make three of them.
package accuracy
