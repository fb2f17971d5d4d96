package pos

// Role is what somebody is at the till. Nobody's role, the zero value, is that of
// whoever stands there where no people were ever named.
type Role string

// The roles.
const (
	RoleCashier Role = "cashier"
	RoleManager Role = "manager"
)

// Permission is one action that a role may or may not take. Each has a name that
// the journal keeps.
type Permission string

// The permissions. What sells, asks and reads is everybody's who has signed in;
// what gives money back, closes or changes who may do what is a manager's
// (reliability 6).
const (
	MaySell        Permission = "sell"
	MayRevokeOwn   Permission = "revoke_own"  // an attempt in doubt of one's own
	MayAcknowledge Permission = "acknowledge" // a payment that came while nobody looked
	MayOpenShift   Permission = "shift_open"
	MayRevokeAny   Permission = "revoke_any" // another cashier's attempt in doubt
	MayRefund      Permission = "refund"
	MayVoid        Permission = "void"
	MayAnnotate    Permission = "annotate"
	MayReadShift   Permission = "shift_x"
	MayCloseShift  Permission = "shift_z"
	MayReview      Permission = "review" // the review screen at the till
	MayManageStaff Permission = "staff"
)

// Permissions are all of them, in the order of the manager's page.
var Permissions = []Permission{MaySell, MayRevokeOwn, MayAcknowledge, MayOpenShift,
	MayRevokeAny, MayRefund, MayVoid, MayAnnotate, MayReadShift, MayCloseShift, MayReview, MayManageStaff}

// May reports whether the role has the permission.
func (r Role) May(p Permission) bool {
	//exhaustive:enforce
	switch p {
	case MaySell, MayRevokeOwn, MayAcknowledge, MayOpenShift:
		return r == RoleCashier || r == RoleManager
	case MayRevokeAny, MayRefund, MayVoid, MayAnnotate, MayReadShift, MayCloseShift, MayReview, MayManageStaff:
		return r == RoleManager
	}
	return false
}
