/** What work on images tells its user: progress while it runs, and errors that say what to do. */
package callgate.image.report;
