// Package accounts has the figures of transfer accounting: what each method says of each user,
// beside what the network delivered.
//
//	accounting    each user by truth and estimate, a panel a method
//	errors        the cumulative shares of users by error
//	methods       methods by ways to cheat, with the number that says most
//	balance       claimed uploads less claimed downloads, over time
//	observers     what observers see, by their number
//	receipts      what receipts cost and protect, by their size
//
//	accounts      the table of what methods say, read into a ledger for each method
//	cheats        the ways to cheat, their order and names; badges are their marks
//	bytes_scale   a logarithmic axis of bytes with a place for none
//
// Each figure is one function of the stored results and the look.
package accounts
