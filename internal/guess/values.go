package guess

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// synonyms are the words for something, as plain gives them.
type synonyms []struct{ means, words string }

// meaning is what a value means as one of a list, "" if that is not known.
func (s synonyms) meaning(value string, allowed func(string) bool) string {
	value = plain(value)
	for _, entry := range s {
		if slices.Contains(strings.Split(entry.words, ","), value) {
			for m := range strings.SplitSeq(entry.means, ",") {
				if allowed(m) {
					return m
				}
			}
		}
	}
	return ""
}

// typeWords are the words for types of groups in English, German, French and Spanish.
var typeWords = synonyms{
	{"Adversary", "adversary,actor,threat actor,angreifer,akteur,taeter,acteur,attaquant,adversario,actor de amenaza"},
	{"Attack Pattern", "attack pattern,ttp,technique,technik,angriffsmuster,angriffstechnik,tecnica"},
	{"Campaign", "campaign,kampagne,angriffskampagne,campagne,campana"},
	{"Course of Action", "course of action,mitigation,coa,massnahme,gegenmassnahme,mesure,medida"},
	{"Document", "document,dokument,documento,file,datei"},
	{"Email", "email,e-mail,mail,correo"},
	{"Event", "event,ereignis,evenement,evento,alert,alarm,alerte,alerta"},
	{"Incident", "incident,security incident,vorfall,sicherheitsvorfall,it-sicherheitsvorfall,incident de securite,incidente,incidencia,case,ticket,fall"},
	{"Intrusion Set", "intrusion set,apt,apt group,gruppierung,tatergruppe,groupe,grupo"},
	{"Malware", "malware,schadsoftware,schadprogramm,ransomware,trojan,trojaner,virus,maliciel,logiciel malveillant,malware family"},
	{"Report", "report,bericht,lagebericht,meldung,rapport,informe,reporte,advisory,warnung,bulletin"},
	{"Task", "task,aufgabe,tache,tarea"},
	{"Threat", "threat,bedrohung,menace,amenaza"},
	{"Tool", "tool,werkzeug,outil,herramienta"},
	{"Vulnerability", "vulnerability,schwachstelle,sicherheitsluecke,luecke,vulnerabilite,faille,vulnerabilidad,cve"},
}

// statusWords are the words for how far something has been handled. Of several meanings
// the first counts that the type of the group has.
var statusWords = synonyms{
	{"New,Not Started,Open", "new,neu,nouveau,nouvelle,nuevo,nueva,eingegangen,not started,unassigned"},
	{"Open,In Progress,New", "open,opened,offen,aktiv,active,ouvert,ouverte,abierto,abierta,opn"},
	{"In Progress,Open", "in progress,in bearbeitung,in arbeit,bearbeitung,laufend,working,work in progress,wip,under investigation,investigating,in analyse,in untersuchung,en cours,en curso,en progreso,assigned,zugewiesen,triage"},
	{"Stalled,Waiting on Someone,Needs Review", "stalled,waiting,on hold,hold,pending,wartend,wartet,zurueckgestellt,pausiert,ruhend,blocked,en attente,pendiente,en espera"},
	{"Closed,Completed,No Further Action", "closed,close,done,completed,complete,resolved,solved,fixed,finished,geschlossen,abgeschlossen,erledigt,geloest,behoben,zu,fertig,beendet,ferme,fermee,clos,cloture,cloturee,resolu,resolue,termine,terminee,cerrado,cerrada,resuelto,resuelta,completado,terminado"},
	{"False Positive,Rejected,No Further Action", "false positive,falsch positiv,fehlalarm,faux positif,falso positivo,fp"},
	{"Rejected,No Further Action", "rejected,declined,abgelehnt,verworfen,invalid,ungueltig,rejete,rejetee,rechazado,rechazada,wontfix,won't fix"},
	{"Reopened,Open", "reopened,wieder offen,wiedereroeffnet,wieder geoeffnet,rouvert,reabierto"},
	{"Containment Achieved", "contained,eingedaemmt,contenu,contenido,containment"},
	{"Restoration Achieved", "restored,recovered,wiederhergestellt,restaure,restaurado"},
	{"Escalated", "escalated,eskaliert,escalade,escalado"},
	{"Deferred,Stalled", "deferred,postponed,verschoben,aufgeschoben,reporte,aplazado"},
	{"Deleted", "deleted,geloescht,supprime,eliminado"},
}

// typeMeanings gives what the values of a column mean as types of groups, and whether that
// is known of some of them.
func typeMeanings(c *column) (means map[string]string, known bool) {
	if !c.enumerated() {
		return nil, false
	}
	means = map[string]string{}
	for _, v := range c.values {
		if t, ok := intel.GroupTypeNamed(v); ok {
			means[v] = t.Name
		} else {
			means[v] = typeWords.meaning(v, func(string) bool { return true })
		}
		known = known || means[v] != ""
	}
	return means, known
}

// settleTypes settles the type of the groups: of a column, of --type, or by a guess.
func (d *draft) settleTypes() {
	if d.opt.Type != "" {
		d.constantType(d.opt.Type, "")
		return
	}
	for _, c := range d.columns {
		if !c.free() || !c.head.has(roleType) || c.filled < len(c.cells) {
			continue
		}
		if means, known := typeMeanings(c); known {
			d.typeColumn(c, means)
			return
		}
	}
	typ, why := d.guessType()
	d.constantType(typ, "CHECK: guessed from "+why)
}

func (d *draft) constantType(typ, note string) {
	t, ok := intel.GroupTypeNamed(typ)
	if !ok {
		return // cmd has refused it
	}
	d.types = []*intel.GroupType{t}
	d.line(line{name: "type", value: t.Name, note: note})
}

// typeColumn maps a column whose values are types, in any words.
func (d *draft) typeColumn(c *column, means map[string]string) {
	rest, _ := d.guessType()
	m := valueMap{column: c}
	written := true
	for _, v := range c.values {
		typ, note := means[v], ""
		if typ == "" {
			typ, note = rest, "CHECK: not known as a type of groups"
		}
		if t, ok := intel.GroupTypeNamed(typ); ok && !slices.Contains(d.types, t) {
			d.types = append(d.types, t)
		}
		m.entries = append(m.entries, entry{v, typ, note})
		written = written && strings.EqualFold(v, typ)
	}
	d.take(c, "type", c.print(), "")
	if !written {
		d.values = append(d.values, m)
	}
}

// typeHints are words of headings and names of files that show a type.
var typeHints = []struct {
	typ   string
	words []string
}{
	{"Vulnerability", strings.Fields("cve cves vulnerability vulnerabilities schwachstelle schwachstellen luecken vulnerabilidad vulnerabilite")},
	{"Incident", strings.Fields("incident incidents vorfall vorfaelle ticket tickets case cases faelle incidente incidentes vorfallsnummer sicherheitsvorfall sicherheitsvorfaelle severity schweregrad prioritaet priority")},
	{"Campaign", strings.Fields("campaign campaigns kampagne kampagnen campagne campana")},
	{"Intrusion Set", strings.Fields("actor actors adversary adversaries apt akteur akteure angreifer gruppe acteur")},
	{"Malware", strings.Fields("malware family schadsoftware ransomware maliciel familie")},
	{"Report", strings.Fields("report reports bericht berichte rapport informe published publication publikation veroeffentlicht advisory")},
	{"Incident", strings.Fields("status zustand bearbeiter assignee estado statut")},
}

// guessType guesses the type of all groups, and says from what.
func (d *draft) guessType() (typ, why string) {
	if d.cve != nil {
		return "Vulnerability", "the CVE numbers in " + shown(d.cve.name)
	}
	file := headingOf(d.opt.Name)
	for _, hint := range typeHints {
		for _, c := range d.columns {
			if c.head.is(hint.words) > 0 {
				return hint.typ, "the name of the column " + shown(c.name)
			}
		}
		if file.is(hint.words) > 0 {
			return hint.typ, "the name of the file"
		}
	}
	return "Report", "nothing, Report fits most"
}

// enumeration maps a column onto a field that has a list of values. known are other words
// for these.
func (d *draft) enumeration(c *column, name string, known synonyms) bool {
	if !c.free() || !c.enumerated() || !d.takes(name) || d.taken(name) {
		return false
	}
	allowed := func(v string) bool {
		for _, t := range d.types {
			if f, _ := t.Field(name); !slices.Contains(f.Values, v) {
				return false
			}
		}
		return true
	}
	first, _ := d.types[0].Field(name)
	m := valueMap{column: c}
	found, written := 0, len(c.blanks) == 0
	for _, v := range c.values {
		means, _ := spelling.Find(v, first.Values)
		if means == "" || !allowed(means) {
			means = known.meaning(v, allowed)
		}
		if found++; means == "" {
			found--
			m.entries = append(m.entries, entry{v, "", "CHECK: one of " + message.List(first.Values) + "; empty names none"})
		} else {
			m.entries = append(m.entries, entry{v, means, ""})
		}
		written = written && strings.EqualFold(v, means)
	}
	if found == 0 {
		return false
	}
	for _, v := range c.blanks {
		m.entries = append(m.entries, entry{v, "", ""})
	}
	d.take(c, name, c.print(), "")
	if !written {
		d.values = append(d.values, m)
	}
	return true
}
