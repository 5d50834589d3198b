/** The Linux-compatible kernel: boots and joins its parts. */
package callgate.kernel;
