/** What the hub is called in a cluster that `pullet init` makes one. */

export const HUB_NAMESPACE = 'pullet-system';
/** Of everything that the hub is in the cluster. */
export const HUB_NAME = 'pullet-hub';
/** What its pods are selected by. */
export const HUB_SELECTED = { app: HUB_NAME };
