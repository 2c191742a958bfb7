package main

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sohoa/dossier"
	"sohoa/ocr"
	"sohoa/ocr/tesseract"
)

// profilesKey is the setting that has settings of its own.
const profilesKey = "profiles"

// profile is what is set for one device. Every zero value means what holds for
// all.
type profile struct {
	// Languages and Models are as in [config].
	Languages []string `koanf:"languages"`
	Models    string   `koanf:"models"`
	// DPI is the resolution of pictures whose files state none. By default it
	// is inferred from the size of the paper.
	DPI int `koanf:"dpi"`
	// Backs says of a scanner of one side that sheets go through it twice, and in
	// which order the backs come.
	Backs dossier.BacksOrder `koanf:"backs"`
	// PatchT takes a sheet with patch code T for a separator without a code.
	PatchT bool `koanf:"patch_t"`
}

// The resolutions that an office scanner may be set to. Below it a page of
// small print cannot be read, and 72 and 96 stand for "unknown".
const (
	leastDPI = 100
	mostDPI  = 1200
)

// reading is how the pages of a device are read.
func (c config) reading(device string) ocr.Profile {
	p := c.Profiles[device]
	languages := p.Languages
	if len(languages) == 0 {
		languages = c.Languages
	}
	return ocr.Profile{
		Models: tesseract.Config{Languages: languages, Data: cmp.Or(p.Models, c.Models)},
		DPI:    float64(p.DPI), Patches: p.PatchT,
	}
}

func (c config) checkProfiles() error {
	for _, device := range slices.Sorted(maps.Keys(c.Profiles)) {
		if dpi := c.Profiles[device].DPI; dpi != 0 && (dpi < leastDPI || dpi > mostDPI) {
			return fmt.Errorf("profiles: %s: dpi: %d is not between %d and %d", device, dpi, leastDPI, mostDPI)
		}
		if backs := c.Profiles[device].Backs; backs != "" && backs != dossier.BacksReverse && backs != dossier.BacksStraight {
			return fmt.Errorf("profiles: %s: backs: %q is neither %s nor %s", device, backs, dossier.BacksReverse, dossier.BacksStraight)
		}
	}
	return nil
}

// checkProfileKeys refuses what is no profile; at is where the mistake is.
func checkProfileKeys(profiles *yaml.Node) (at *yaml.Node, err error) {
	if profiles.Kind != yaml.MappingNode {
		return profiles, fmt.Errorf("%s: expected the names of devices, each with its settings", profilesKey)
	}
	for i := 0; i < len(profiles.Content); i += 2 {
		device, settings := profiles.Content[i], profiles.Content[i+1]
		if settings.Kind != yaml.MappingNode {
			return device, fmt.Errorf("%s: %s: expected lines of the form key: value", profilesKey, device.Value)
		}
		for j := 0; j < len(settings.Content); j += 2 {
			if key := settings.Content[j]; !slices.Contains(profileKeys(), key.Value) {
				return key, fmt.Errorf("%s: %s: there is no setting called %q; the settings are %s",
					profilesKey, device.Value, key.Value, strings.Join(profileKeys(), ", "))
			}
		}
	}
	return nil, nil
}

// profileKeys lists the keys of a profile.
func profileKeys() []string {
	var keys []string
	for field := range reflect.TypeFor[profile]().Fields() {
		keys = append(keys, field.Tag.Get("koanf"))
	}
	return keys
}
