package guess

import (
	"slices"
	"strings"
	"unicode"
)

// role is what the name of a column says that it holds.
type role string

const (
	roleKey         role = "key"
	roleName        role = "name"
	roleType        role = "type"
	roleStatus      role = "status"
	roleDescription role = "description"
	roleNotes       role = "notes"
	roleTags        role = "tags"
	roleSource      role = "source"
	roleTLP         role = "tlp"
	roleHost        role = "host"
	roleURL         role = "url"
	roleEmail       role = "email"
	roleLink        role = "link"    // a URL to read, not an indicator
	rolePerson      role = "person"  // of the team: no indicator
	roleVictim      role = "victim"  // what was hit: no indicator
	roleVersion     role = "version" // looks like an address
	roleSecret      role = "secret"
)

// words are the names of columns in English, German, French and Spanish, in lower case
// and without accents (ä is ae).
var words = map[role]string{
	roleKey: "id uid uuid guid key no nr num number nummer ticket ticketid case kennung schluessel aktenzeichen referenz reference ref numero " +
		"identifiant identificador identifier clave expediente",
	roleName: "title name titel betreff subject headline summary titre nom objet sujet titulo nombre asunto bezeichnung thema topic " +
		"ueberschrift kurzbeschreibung intitule",
	roleType:        "type typ art kind category kategorie class klasse tipo categorie categoria clase",
	roleStatus:      "status state zustand stand etat statut estado bearbeitungsstand",
	roleDescription: "description desc beschreibung details detail text descripcion sachverhalt abstract zusammenfassung inhalt resume resumen",
	roleNotes: "bemerkung bemerkungen anmerkung anmerkungen note notes notiz notizen comment comments kommentar kommentare commentaire commentaires " +
		"comentario comentarios remarque remarques observaciones",
	roleTags: "tag tags keyword keywords schlagwort schlagworte schlagwoerter stichwort stichworte stichwoerter label labels etiquette " +
		"etiquettes etiqueta etiquetas motscles palabrasclave",
	roleSource:  "source sources quelle quellen origin herkunft fuente origen provenance provider feed",
	roleTLP:     "tlp marking markings classification einstufung vertraulichkeit",
	roleHost:    "domain domains domaine domaines domaene domaenen dominio dominios host hosts hostname hostnames fqdn dns server c2 cnc ioc iocs indicator indicators indikator indikatoren observable observables indicateur indicateurs indicador indicadores",
	roleURL:     "url urls uri uris ioc iocs indicator indicators indikator indikatoren observable observables indicateur indicateurs indicador indicadores phishingurl",
	roleEmail:   "email emails mail mails sender absender from expediteur remitente ioc iocs indicator indicators indikator indikatoren observable observables emailadresse mailadresse",
	roleLink:    "link links reference references referenz referenzen permalink advisory quelle quellen source sources fuente verweis bericht report",
	rolePerson:  "assignee assigned owner bearbeiter reporter analyst melder ansprechpartner contact kontakt author autor auteur responsable verantwortlich zustaendig besitzer creator ersteller",
	roleVictim:  "victim victims target targets opfer ziel ziele betroffen betroffene betroffener betroffenes affected victime cible victima objetivo dst dest destination",
	roleVersion: "version versions release build firmware versionen",
	roleSecret:  "password passwort passwords passwd pwd kennwort secret secrets geheimnis token tokens apikey credential credentials motdepasse contrasena clave",
}

var wordLists = func() map[role][]string {
	out := map[role][]string{}
	for r, list := range words {
		out[r] = strings.Fields(list)
	}
	return out
}()

var accents = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "á", "a", "à", "a", "â", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e",
	"í", "i", "î", "i", "ï", "i", "ñ", "n", "ó", "o", "ô", "o", "ú", "u", "ù", "u", "û", "u")

// plain is a text in lower case without accents.
func plain(s string) string { return accents.Replace(strings.ToLower(strings.TrimSpace(s))) }

// heading is the name of a column as words.
type heading struct {
	whole string // without anything between the words
	words []string
}

func headingOf(name string) heading {
	var h heading
	var word []rune
	end := func() {
		if len(word) > 0 {
			h.words = append(h.words, plain(string(word)))
		}
		word = nil
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && unicode.IsLower(runes[i-1]): // cveID
			end()
		case unicode.IsUpper(r) && len(word) > 0 && i+2 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsLower(runes[i+2]): // IPAddress
			end()
		}
		word = append(word, r)
	}
	end()
	h.whole = strings.Join(h.words, "")
	return h
}

// shortest is the length from which on the end of a longer word counts: Vorfallsnummer.
const shortest = 5

// is says how well a heading fits a list of words: 0 not at all, 3 exactly.
func (h heading) is(list []string) int {
	if slices.Contains(list, h.whole) {
		return 3
	}
	best := 0
	for _, w := range h.words {
		for _, known := range list {
			switch {
			case w == known:
				return 2
			case len(known) >= shortest && strings.HasSuffix(w, known):
				best = 1
			}
		}
	}
	return best
}

func (h heading) has(r role) bool { return h.is(wordLists[r]) > 0 }
