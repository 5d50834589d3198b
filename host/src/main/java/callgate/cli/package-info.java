/**
 * The command line: turns arguments into calls of the public API, and its errors into messages and
 * exit statuses.
 */
package callgate.cli;
