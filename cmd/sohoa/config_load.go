package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/v2"
	"go.yaml.in/yaml/v3"
)

// configSource says where the settings of one run come from.
type configSource struct {
	place layout
	// environ is the environment, as os.Environ gives it.
	environ []string
	// flags are the keys that were given on the command line.
	flags map[string]any
}

// load reads the configuration. Every error is for the person who wrote it.
func (s configSource) load() (config, error) {
	var c config
	k := koanf.New(".")
	fromFile, err := readConfigFile(s.place.config())
	if err != nil {
		return c, err
	}
	for _, layer := range []keyValues{fromFile, environment(s.environ), s.flags} {
		if err := k.Load(layer, nil); err != nil {
			return c, fmt.Errorf("configuration: %w", err)
		}
	}
	err = k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &c, TagName: "koanf", WeaklyTypedInput: true, ErrorUnused: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(
			withUnit, mapstructure.StringToTimeDurationHookFunc(), mapstructure.StringToSliceHookFunc(",")),
	}})
	if err != nil {
		return c, fmt.Errorf("configuration: %w", plain(err))
	}
	if c, err = c.withSecrets(); err != nil {
		return c, err
	}
	c = c.withDefaults(s.place)
	return c, c.validate()
}

// withUnit refuses a time without its unit, which would be taken for
// nanoseconds.
func withUnit(from, to reflect.Type, value any) (any, error) {
	if to == reflect.TypeFor[time.Duration]() && from.Kind() != reflect.String {
		return nil, fmt.Errorf("%v has no unit; write 2s, 500ms or 1m", value)
	}
	return value, nil
}

// plain takes the list that the decoder makes of its errors apart into one
// line.
func plain(err error) error {
	return errors.New(strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "\n", " ")), " "))
}

// keyValues is one layer of the configuration; it is a koanf.Provider.
type keyValues map[string]any

// Read gives the layer.
func (l keyValues) Read() (map[string]any, error) { return l, nil }

// ReadBytes is the form of providers that want a parser; there is none.
func (keyValues) ReadBytes() ([]byte, error) {
	return nil, errors.New("this layer is not text")
}

// environment finds our keys among the variables. Others that begin with
// SOHOA_ belong to other programs and are left alone.
func environment(environ []string) keyValues {
	layer := keyValues{}
	for _, key := range configKeys() {
		prefix := "SOHOA_" + strings.ToUpper(key) + "="
		for _, variable := range environ {
			if value, ok := strings.CutPrefix(variable, prefix); ok && value != "" {
				layer[key] = value
			}
		}
	}
	return layer
}

// readConfigFile reads sohoa.yaml; an absent one sets nothing. A key that
// nobody knows is refused with its line: a typing mistake must not pass for a
// setting.
func readConfigFile(path string) (keyValues, error) {
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return keyValues{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	name := filepath.Base(path)
	var document yaml.Node
	if err := yaml.Unmarshal(body, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(document.Content) == 0 { // nothing but comments
		return keyValues{}, nil
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s:%d: expected lines of the form key: value", name, root.Line)
	}
	layer := keyValues{}
	for i := 0; i < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if at, err := addSetting(layer, key, value); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, at.Line, err)
		}
	}
	return layer, nil
}

// addSetting adds one setting to a layer; at is where a mistake is.
func addSetting(layer keyValues, key, value *yaml.Node) (at *yaml.Node, err error) {
	if !slices.Contains(configKeys(), key.Value) {
		return key, fmt.Errorf("there is no setting called %q; the settings are %s", key.Value, strings.Join(configKeys(), ", "))
	}
	if _, twice := layer[key.Value]; twice {
		return key, fmt.Errorf("%s is set twice", key.Value)
	}
	if check := checkedKeys(key.Value); check != nil {
		if at, err := check(value); err != nil {
			return at, err
		}
	}
	var decoded any
	if err := value.Decode(&decoded); err != nil {
		return key, fmt.Errorf("%s: %w", key.Value, err)
	}
	if text, ok := decoded.(string); ok && hasPassword(text) {
		return key, fmt.Errorf("%s holds a password; put the address into a file of its own and name that with database_file, or into SOHOA_%s", key.Value, strings.ToUpper(key.Value))
	}
	layer[key.Value] = decoded
	return nil, nil
}

func hasPassword(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || parsed.User == nil {
		return false
	}
	_, has := parsed.User.Password()
	return has
}

// withSecrets follows database_file.
func (c config) withSecrets() (config, error) {
	if c.DatabaseFile == "" {
		return c, nil
	}
	if c.Database != "" {
		return c, errors.New("database and database_file are both set; keep one")
	}
	body, err := os.ReadFile(c.DatabaseFile)
	if err != nil {
		return c, fmt.Errorf("database_file: %w", err)
	}
	c.Database = strings.TrimSpace(string(body))
	return c, nil
}

// config reads the configuration of the archive in --data.
func (c *cli) config() (config, error) {
	flags := maps.Clone(c.flags)
	if flags == nil {
		flags = map[string]any{}
	}
	if c.Database != "" {
		flags["database"] = c.Database
	}
	place := layout{root: c.Data}
	loaded, err := configSource{place: place, environ: os.Environ(), flags: flags}.load()
	if err != nil {
		return config{}, usage("Settings stand in "+place.config()+", in variables that begin with SOHOA_, and in flags.", "%w", err)
	}
	return loaded, nil
}
