// Package provider lets people in by the identity provider of their office:
// OpenID Connect Core 1.0, the authorization code flow (section 3.1), with PKCE
// (RFC 7636), state and nonce.
//
// Start at [New]; [Client.Begin] gives the address to go to, [Client.Finish]
// takes the browser back and says who it is. Who that is here, and what they
// may do, is not decided in this package.
//
// # Promises
//
//   - Only scope openid is asked for: a name, a picture, an address of somebody
//     never come here.
//   - What the browser has to bring back is sealed and holds for ten minutes. A
//     code that was begun in another browser, or for another person, opens
//     nothing: state, nonce and verifier are of one ticket.
//   - Every failure is a [dossier.Refusal] with its cause, and no cause holds a
//     code, a token, the client's secret or a person.
package provider
