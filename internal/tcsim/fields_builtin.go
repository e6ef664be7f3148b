package tcsim

import (
	_ "embed"
	"encoding/json"
	"strconv"
	"strings"
)

// What every instance has, as files:
var (
	// techniqueList are the techniques of MITRE ATT&CK (Enterprise, Mobile, ICS)
	// that the instance has as tags. A line is a technique with its
	// sub-techniques: "T1001 Data Obfuscation|001 Junk Data". An instance shows
	// the latter as "T1001.001 - Data Obfuscation: Junk Data".
	//go:embed data/techniques.txt
	techniqueList string

	// attributeTypeTable are the usual attribute types as "name|maxSize". Names
	// and sizes are those commonly seen; the sizes of the long texts are generous,
	// as on a real instance.
	//go:embed data/attribute-types.txt
	attributeTypeTable string

	// artifactTypeList are the types of the OPTIONS recording 7.11 (artifacts), each
	// with the indicator type that it stands for, if there is one.
	//go:embed data/artifact-types.txt
	artifactTypeList string

	// instanceFile has the form of a state file. The event types come from the
	// batch docs (v2_batch_api.rst), the labels and keys of indicator types from
	// indicators/fields.rst, the signature types from groups/fields.rst. The labels
	// have the TLP spellings of 1.0 and 2.0. The attribute types have a validation
	// rule, a cap or a narrower mapping.
	//go:embed data/instance.json
	instanceFile []byte
)

// builtin is what the files give.
var builtin = readBuiltin()

type builtinTypes struct {
	Config
	artifactTypes []string
	intelTypes    map[string]string // of artifact types: "indicator-Host"
}

func readBuiltin() builtinTypes {
	b := builtinTypes{intelTypes: map[string]string{}}
	if err := json.Unmarshal(instanceFile, &b.Config); err != nil {
		panic("tcsim: instance.json: " + err.Error())
	}
	for line := range strings.Lines(artifactTypeList) {
		name, intel, ok := strings.Cut(strings.TrimSpace(line), "|")
		b.artifactTypes = append(b.artifactTypes, name)
		if ok {
			b.intelTypes[name] = "indicator-" + intel
		}
	}
	var types []AttributeType
	for line := range strings.Lines(attributeTypeTable) {
		name, size, _ := strings.Cut(strings.TrimSpace(line), "|")
		n, err := strconv.Atoi(size)
		if err != nil {
			panic("tcsim: attribute-types.txt: " + line)
		}
		types = append(types, AttributeType{Name: name, MaxSize: n, AllowMarkdown: n >= 65535,
			Description: "The " + name + " of the object.", ErrorMessage: "Please enter valid " + name + "."})
	}
	b.AttributeTypes = append(types, b.AttributeTypes...)
	for i := range b.AttributeTypes {
		b.AttributeTypes[i].System = true
	}
	return b
}
