package audit

import "strings"

// azureus are the client codes of BEP 20 in the style -XX1234-, as they are in use.
const azureus = " A~ AG AR AT AV AX AZ BB BC BE BF BG BI BL BM BN BP BS BT BW BX CD CT DE DP EB" +
	" EL ES FC FD FT FW FX G3 GP GS HL HM HN IL JS JT KG KT LC LH LK LP LT LW MK MO MP MR" +
	" MT NX OS OT PB PD PI QB QD QT QX RS RT RZ S~ SB SD SL SM SN SP SS ST SZ TB TE TL" +
	" TN TR TS TT UE UL UM UT UW VG WD WT WW WY XF XL XT XX ZT lt qB "

// shadow are the letters of the older style, X1234-----; mainline's is M1-2-3--.
const shadow = "AMOQRSTU"

// KnownClient reports whether a peer id begins as those of a client of BEP 20 do. SL is the code
// that this program's own peers use.
func KnownClient(id [20]byte) bool {
	if id[0] == '-' && id[7] == '-' {
		code := string(id[1:3])
		return strings.TrimSpace(code) == code && strings.Contains(azureus, " "+code+" ")
	}
	if !strings.Contains(shadow, string(id[:1])) {
		return false
	}
	return id[4] == '-' || id[6] == '-' && id[2] == '-'
}
