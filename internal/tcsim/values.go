package tcsim

import (
	"encoding/json"
	"time"
)

// value is one value of an object, as answers print it and TQL compares it.
type value struct {
	kind  valueKind
	s     string
	i     int64 // a number; 0 or 1; of a date Unix seconds
	f     float64
	nanos int64 // of a date, beside the seconds
}

type valueKind uint8

const (
	valueNone valueKind = iota
	valueText
	valueRaw // JSON
	valueBool
	valueInteger
	valueID
	valueDecimal
	valueDate
)

func text(s string) value     { return value{kind: valueText, s: s} }
func integer(i int64) value   { return value{kind: valueInteger, i: i, f: float64(i)} }
func anID(i int64) value      { return value{kind: valueID, i: i, f: float64(i)} }
func decimal(f float64) value { return value{kind: valueDecimal, i: int64(f), f: f} }

// textIfAny is no value where the text is empty.
func textIfAny(s string) value {
	if s == "" {
		return value{}
	}
	return text(s)
}

func truth(b bool) value {
	if b {
		return value{kind: valueBool, i: 1, f: 1}
	}
	return value{kind: valueBool}
}

func date(t time.Time) value {
	if t.IsZero() {
		return value{}
	}
	return value{kind: valueDate, i: t.Unix(), f: float64(t.Unix()), nanos: int64(t.Nanosecond())}
}

// valueOf is what is stored in fields.
func valueOf(stored any) value {
	switch v := stored.(type) {
	case string:
		return text(v)
	case bool:
		return truth(v)
	case int64:
		return integer(v)
	case float64:
		return decimal(v)
	case time.Time:
		return date(v)
	case json.RawMessage:
		return value{kind: valueRaw, s: string(v)}
	}
	return value{}
}

// getter gives a value of an object.
type getter = func(c *call, o *object) value

func nameOf(_ *call, o *object) value     { return text(o.name) }
func typeOf(_ *call, o *object) value     { return text(o.typ) }
func xidOf(_ *call, o *object) value      { return textIfAny(o.xid) }
func ownerOf(_ *call, o *object) value    { return text(ownerName(o.owner)) }
func idOf(_ *call, o *object) value       { return anID(o.id) }
func ownerIDOf(_ *call, o *object) value  { return anID(ownerID(o.owner)) }
func parentIDOf(_ *call, o *object) value { return anID(o.parent.id) }
func addedOf(_ *call, o *object) value    { return date(o.added.time()) }
func editedOf(_ *call, o *object) value   { return date(o.edited.time()) }

// stored gives the value of a field, or another where there is none.
func stored(key string, otherwise value) getter {
	return func(_ *call, o *object) value {
		if v := o.fields.get(key); v != nil {
			return valueOf(v)
		}
		return otherwise
	}
}

// unlessEmpty gives a stored text, if there is one.
func unlessEmpty(key string) getter {
	return func(_ *call, o *object) value { return textIfAny(o.str(key)) }
}

func always(v value) getter { return func(*call, *object) value { return v } }

// only is a value of some types of object.
func only(get getter, types ...string) getter {
	return func(c *call, o *object) value {
		for _, typ := range types {
			if typ == o.typ {
				return get(c, o)
			}
		}
		return value{}
	}
}

// unnested is left out of the entries of nested lists.
func unnested(get getter) getter {
	return func(c *call, o *object) value {
		if c.inNested {
			return value{}
		}
		return get(c, o)
	}
}
