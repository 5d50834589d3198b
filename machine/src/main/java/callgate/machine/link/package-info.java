/** The one door into the machine that runs guest code; exported to the gate only. */
package callgate.machine.link;
