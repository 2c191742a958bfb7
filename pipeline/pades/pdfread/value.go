package pdfread

// The values of PDF are nil (null), bool, int64, float64, [Name], [Text],
// [Ref], [Array] and [Dict].
type (
	// Name is a name without its slash, with #xx decoded.
	Name string
	// Array is an array.
	Array []any
	// Dict is a dictionary in the order of the file.
	Dict []Entry
)

// Text is a string, with where it stands in the file: from the opening to
// after the closing delimiter. Inside an object stream both are −1.
type Text struct {
	Value    string
	Hex      bool
	From, To int64
}

// Ref is a reference to an indirect object.
type Ref struct{ Number, Generation int }

// Entry is one key of a dictionary. From and To bound the value in the bytes
// of the object, see [Object.Raw].
type Entry struct {
	Key      Name
	Value    any
	From, To int
}

// Get gives the value of the key, nil when there is none.
func (d Dict) Get(key Name) any {
	for i := range d {
		if d[i].Key == key {
			return d[i].Value
		}
	}
	return nil
}

// Name gives the name under the key, or "".
func (d Dict) Name(key Name) Name {
	n, _ := d.Get(key).(Name)
	return n
}

// Whole gives the integer under the key.
func (d Dict) Whole(key Name) (int64, bool) {
	n, ok := d.Get(key).(int64)
	return n, ok
}

// Object is an indirect object as read.
type Object struct {
	Value any
	// At is where the object begins in the file, −1 in an object stream.
	At int64
	// Data is where the bytes of a stream begin, 0 for other objects; Length
	// is how many they are.
	Data, Length int64
	// Raw holds the bytes the spans of entries point into.
	Raw []byte
}

// Dict gives the object's dictionary, nil when it is something else.
func (o Object) Dict() Dict {
	d, _ := o.Value.(Dict)
	return d
}
