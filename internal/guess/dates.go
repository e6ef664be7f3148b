package guess

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tcimport/internal/canonical"
)

// dates is how the dates of a column are written.
type dates struct {
	layout string // "" for those that a manifest takes as they are
	other  string // another layout that all of them fit as well, with the month in the place of the day
	number string // what kind of number they are, if they are numbers
	clock  bool   // they have a time of day without a zone
}

// days are the layouts of days. Those with another order of day and month come in pairs,
// the stricter ones first.
var days = [][2]string{
	{"2006-01-02"}, {"02.01.2006"}, {"2.1.2006"}, {"02.01.06"}, {"2.1.06"}, {"2006/01/02"}, {"2006/1/2"}, {"2006.01.02"},
	{"02/01/2006", "01/02/2006"}, {"2/1/2006", "1/2/2006"}, {"02-01-2006", "01-02-2006"}, {"2-1-2006", "1-2-2006"}, {"02/01/06", "01/02/06"}, {"2/1/06", "1/2/06"},
	{"2 Jan 2006"}, {"2-Jan-2006"}, {"2-Jan-06"}, {"2 January 2006"}, {"Jan 2, 2006"}, {"January 2, 2006"}, {"Mon, 2 Jan 2006"},
}

// clocks are what may follow a day.
var clocks = []string{
	"", " 15:04", " 15:04:05", "T15:04", "T15:04:05", ", 15:04", ", 15:04:05", " 3:04 PM", " 3:04:05 PM",
	" 15:04Z07:00", " 15:04:05Z07:00", " 15:04:05 -0700", " 15:04:05 -07:00", " 15:04 MST", " 15:04:05 MST", "T15:04:05-0700",
}

// datesOf finds out how all cells of a column are dates; nil if they are not.
func datesOf(c *column) *dates {
	if c.filled == 0 {
		return nil
	}
	if c.numbers {
		return datesOfNumbers(c)
	}
	if c.all(func(cell string) bool { _, err := canonical.Date(cell); return err == nil }) {
		return &dates{}
	}
	first := c.values[0]
	for _, clock := range clocks {
		for _, day := range days {
			if !fits(first, day[0]+clock) && (day[1] == "" || !fits(first, day[1]+clock)) {
				continue
			}
			var found []string
			for _, d := range day {
				if d != "" && c.all(func(cell string) bool { return fits(cell, d+clock) }) {
					found = append(found, d+clock)
				}
			}
			if len(found) == 0 {
				continue
			}
			d := &dates{layout: found[0], clock: clock != "" && !strings.ContainsAny(clock, "ZM-")}
			d.clock = d.clock || strings.HasSuffix(clock, "PM")
			if len(found) == 2 {
				d.other = found[1]
			}
			return d
		}
	}
	return nil
}

func (c *column) all(is func(cell string) bool) bool {
	for cell := range c.present {
		if !is(cell) {
			return false
		}
	}
	return true
}

// fits reports whether a cell is a date of our time in a layout.
func fits(cell, layout string) bool {
	if len(cell) > 40 {
		return false
	}
	t, err := time.Parse(layout, cell)
	if err != nil || t.Year() < 1970 || t.Year() > 2100 {
		return false
	}
	name, _ := t.Zone() // isoDate takes no other names of zones
	return !strings.Contains(layout, "MST") || name == "UTC" || name == "GMT"
}

// dateWords are words in the names of columns that have dates as numbers.
var dateWords = strings.Fields("date datum fecha time timestamp zeitstempel horodatage zeit zeitpunkt seen created modified updated published added day tag")

// datesOfNumbers recognises numbers that are dates, if the heading says that they are.
func datesOfNumbers(c *column) *dates {
	if c.head.is(dateWords) == 0 {
		return nil
	}
	within := func(low, high float64) bool {
		return c.all(func(cell string) bool {
			n, err := strconv.ParseFloat(strings.ReplaceAll(cell, ",", "."), 64)
			return err == nil && low <= n && n < high
		})
	}
	switch {
	case within(19700101, 21010101) && c.all(func(cell string) bool { return fits(cell, "20060102") }):
		return &dates{layout: "20060102"}
	case within(20000, 80000):
		return &dates{number: "these are the day numbers of a spreadsheet: format the column as a date there"}
	case within(6e8, 4.2e9):
		return &dates{number: "these seem to be seconds since 1970"}
	case within(6e11, 4.2e12):
		return &dates{number: "these seem to be milliseconds since 1970"}
	}
	return nil
}

// dateFields are the fields that hold dates, by the words of a heading. All of a rule's
// lists have to fit.
var dateFields = []struct {
	field string
	lists []string
}{
	{"lastSeen", []string{"last zuletzt letzte letzter derniere ultima", "seen gesehen sichtung sighting sightings vue vista observed activity aktivitaet lastseen"}},
	{"firstSeen", []string{"first erstmals zuerst erste erster premiere primera", "seen gesehen sichtung sighting sightings vue vista observed activity aktivitaet firstseen"}},
	{"lastSeen", []string{"lastseen"}},
	{"firstSeen", []string{"firstseen"}},
	{"externalDateExpires", []string{"expires expired expiry expiration expire ablauf ablaufdatum until gueltigbis valid caduca expira expiracion"}},
	{"externalLastModified", []string{"modified updated changed geaendert aktualisiert aenderung aenderungsdatum modifie actualizado modificado modificacion modification update stand lastmodified"}},
	{"dueDate", []string{"due faellig faelligkeit frist deadline echeance vencimiento"}},
	{"publishDate", []string{"published publish publication veroeffentlicht veroeffentlichung erschienen publie publicado publicacion released publishdate"}},
	{"externalDateAdded", []string{"created added erstellt angelegt erfasst hinzugefuegt entered opened eroeffnet eingang eingegangen erstellung creation cree creado creacion ajoute registered"}},
}

// dateFieldOf is the field for the dates of a column, "" if all that could be are taken.
func (d *draft) dateFieldOf(c *column) string {
	var wanted []string
	for i := range d.commonFields() {
		if f := d.commonFields()[i]; slices.Contains(c.head.words, plain(f)) || c.head.whole == plain(f) {
			wanted = append(wanted, f)
		}
	}
	for _, rule := range dateFields {
		if !slices.ContainsFunc(rule.lists, func(list string) bool { return c.head.is(strings.Fields(list)) == 0 }) {
			wanted = append(wanted, rule.field)
			break
		}
	}
	if len(wanted) == 0 {
		wanted = []string{"eventDate", "publishDate"}
	}
	wanted = append(wanted, "externalDateAdded")
	for _, name := range wanted {
		if d.takes(name) && !d.taken(name) {
			return name
		}
	}
	return ""
}

// date maps a column of dates.
func (d *draft) date(c *column, at *dates) {
	name := d.dateFieldOf(c)
	value := c.print()
	note := ""
	switch {
	case at.number != "":
		value, note = "{{ with "+c.cell()+" }}{{ date \"2006-01-02T15:04:05Z\" (int64 .) }}{{ end }}", at.number
		if strings.Contains(note, "spreadsheet") {
			c.leave("", "", "CHECK: "+note)
			return
		}
		if strings.Contains(note, "milli") {
			value = strings.Replace(value, "(int64 .)", "(div (int64 .) 1000)", 1)
		}
	case at.layout != "":
		value = "{{ isoDate " + strconv.Quote(at.layout) + " " + c.cell() + " }}"
		if at.clock {
			note = "a time without a zone is taken for UTC"
		}
	case len(c.blanks) > 0:
		value = "{{ trim " + c.cell() + " }}"
	}
	value = c.unlessBlank(value)
	switch {
	case name == "":
		c.leave("", "", "dates, but there is no field left for them")
	case at.other != "":
		c.leave(name, value, "CHECK: "+shown(c.values[0])+" may also have the month first: "+strconv.Quote(at.other))
	case at.number != "":
		c.leave(name, value, "CHECK: "+note)
	default:
		d.take(c, name, value, note)
	}
}
