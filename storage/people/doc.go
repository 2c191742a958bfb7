// Package people keeps who may log in, what they may do, and how they are
// known: users, roles in units, passwords, second factors, sessions and tokens,
// in the database of the catalogue (migrations/0004_people.sql).
//
// Start at [Open]. [People.Login] is how somebody comes in, [People.Session]
// and [People.Token] how they are known afterwards; what they may then do is
// decided by the table in package dossier.
//
// # Promises
//
//   - No secret is stored as it is: passwords as argon2id, recovery codes as
//     keyed digests, sessions and tokens as digests of 128 random bits, the
//     secret of a second factor sealed with a key that is not in the database.
//   - Every change writes its audit row in its own transaction.
//   - A wrong name, a wrong password, a closed and a blocked user get one
//     answer, after the same work.
//   - A session gets a new secret whenever its rights grow: nobody can prepare
//     one for somebody else.
//   - At least one open administrator remains, once there is one.
package people
