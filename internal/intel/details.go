package intel

import "slices"

// Object is an indicator, artifact, case or victim asset of a manifest. Either
// ID is set and nothing else but Kind and Owner, or Type (not for cases) and
// Summary.
type Object struct {
	Pos     Pos
	ID      int64
	Type    string // canonical
	Summary string // canonical; a case's name, a victim asset's value
	Written string // as the manifest writes it
	Owner   string // indicators
	Details *Details
	Kind    Kind

	// Split is set on an indicator whose Values are those of its Summary.
	Split bool

	// Own is set on an indicator that a manifest lists by itself: it is made even if no
	// group is associated with it.
	Own bool
}

// Details are what few objects have beside what names them: there are very many
// objects.
type Details struct {
	// Values are the parts of an indicator's summary in the order of its type's
	// value fields, canonical, "" where not given: a File's MD5, SHA1 and SHA256.
	Values []string

	Fields         Fields // rating, confidence; severity, status; caseId; victimId; ...
	Tags           []Tag
	SecurityLabels []string
	Attributes     []Attribute
}

// none are the details of objects that have none.
var none Details

func (o *Object) details() *Details {
	if o.Details == nil {
		return &none
	}
	return o.Details
}

// More are the details of o, to be changed.
func (o *Object) More() *Details {
	if o.Details == nil {
		o.Details = &Details{}
	}
	return o.Details
}

// Fields are the scalars of o beside its summary.
func (o *Object) Fields() Fields { return o.details().Fields }

// Tags are the tags of o.
func (o *Object) Tags() []Tag { return o.details().Tags }

// SecurityLabels are the security labels of o.
func (o *Object) SecurityLabels() []string { return o.details().SecurityLabels }

// Attributes are the attributes of o.
func (o *Object) Attributes() []Attribute { return o.details().Attributes }

// Values are the parts of an indicator's summary; nil as long as nobody has checked it.
func (o *Object) Values() []string {
	if o.Split {
		return o.split()
	}
	return o.details().Values
}

// split are the values that most indicators have: those of a File by their lengths,
// the whole summary otherwise.
func (o *Object) split() []string {
	if t, ok := IndicatorTypeNamed(o.Type, nil); ok && t.anyOf {
		if values, err := t.split(o.Summary); err == nil {
			return values
		}
	}
	return []string{o.Summary}
}

// SetValues gives o its values. It keeps them only if they are not those that Summary
// shows.
func (o *Object) SetValues(values []string) {
	d := *o.details()
	d.Values = values
	if o.Split = slices.Equal(values, o.split()); o.Split {
		d.Values = nil
	}
	o.SetDetails(d)
}

// SetDetails gives o its details, if they say anything.
func (o *Object) SetDetails(d Details) {
	if len(d.Values)+len(d.Fields)+len(d.Tags)+len(d.SecurityLabels)+len(d.Attributes) == 0 {
		o.Details = nil
		return
	}
	*o.More() = d
}
