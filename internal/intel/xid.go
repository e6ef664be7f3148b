package intel

import (
	"crypto/sha256"
	"encoding/hex"
)

// XIDPrefix starts every xid that tcimport derives.
const XIDPrefix = "tcimport-"

// DerivedXID is the xid of the object called key in an owner, the same on every
// run and every machine. owner is spelled as the server spells it.
func DerivedXID(namespace, owner, key string) string {
	sum := sha256.Sum256([]byte(namespace + "\x00" + owner + "\x00" + key))
	return XIDPrefix + hex.EncodeToString(sum[:])
}

// ExpectedXID is the xid by which g is known in its owner: the manifest's own,
// else the derived one.
func (g *Group) ExpectedXID(namespace string) string {
	if g.XID != "" {
		return g.XID
	}
	return DerivedXID(namespace, g.Owner, g.Key)
}
