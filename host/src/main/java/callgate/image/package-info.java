/**
 * Images: the root filesystems that programs run in.
 *
 * <p>An image is one or more plain tar layers, each with an index ({@link
 * callgate.kernel.fs.tar.LayerIndex}), so that it is read in place: owners, modes, links, devices
 * and attributes are the tar's, whatever the host's user or filesystem is. {@link
 * callgate.image.ImageStore} keeps images below the user's cache folder:
 *
 * <pre>
 * images/NAME/image.properties   what it is; the last file written
 * images/NAME/layer-0.tar        the lowest layer, and so on
 * images/NAME/layer-0.index
 * images/.NAME.lock              held while NAME is made, replaced or removed
 * images/.NAME.tmp-*             being made; left behind only by a killed process, removed by the next one
 * indexes/HASH.index             of tars used in place, by the hash of their path
 * downloads/SHA256               files of archives
 * </pre>
 *
 * <p>{@link callgate.image.DebianImage} makes an image from Debian's packages; {@link
 * callgate.image.ImageReference} finds what the user means by {@code --image}. Everything is
 * written aside and renamed when whole: a run that is interrupted, or a second one beside it,
 * leaves no broken image. All classes are safe for use by many threads; the file lock of a name is
 * the only lock that waits.
 */
package callgate.image;
