/**
 * On the namespace kube-system of a hub with the embedded API: which history its store has. It changes when the hub was restored from a backup (or its store was
 * made anew) and at no other time. Who keeps what a hub said compares it: after a change the hub may have forgotten what it said, though its resourceVersions,
 * which go on far above the old ones, do not show that. A real Kubernetes API does not have it. Every agent may read that namespace.
 */
export const STORE_EPOCH_ANNOTATION = 'pullet.io/store-epoch';
