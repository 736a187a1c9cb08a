/**
 * A user's conversation with a server, without I/O: calls tell what has happened, effects say what shall happen.
 *
 *     session.load(identity, cached)     what is known from earlier
 *     session.connected(now)             there is a connection
 *     session.receive(data, now)         the server sent a frame
 *     session.lost(now, why)             the connection has ended, or could not be made
 *     session.tick(now)                  `session.deadline` has come
 *     session.open(room, "newest", now)  and the other things the user wants
 *     session.effects()                  after each of these: what shall be done, in order
 *
 * `now` is in milliseconds of any clock that never goes back. While there is no connection and there shall be one,
 * `connectAt` says when.
 *
 * **What is shown.** What a window shows comes from the store where it is there, and from the server where not (`Windows`). The
 * stream goes into the store, and to the window only while that is at the log's end.
 *
 * **How it is built.** In floors, each of which calls those below it and none above: what a session keeps in mind (`state`),
 * direct rooms that were asked for, the connection (`link`), the rooms' streams and members, the hello, what the server says
 * (`answers`), and on top what is called from outside (`session`).
 */
export { type Credentials, type Options, Session } from "./session";
