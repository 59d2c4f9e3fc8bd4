/** On an execution space: its agent is Karmada's own, which joined by karmadactl. It gets the rights and the Works that such an agent needs. */
export const KARMADA_AGENT_ANNOTATION = 'pullet.io/karmada-agent';
/** On an execution space: the user of the token with which karmadactl is joining just now, and since when. */
export const JOINING_TOKEN_ANNOTATION = 'pullet.io/joining-token';
export const JOINING_SINCE_ANNOTATION = 'pullet.io/joining-since';
/** On the ClusterRoleBinding of a karmada-agent whose Cluster has gone: that cluster's name. */
export const LEFT_ANNOTATION = 'pullet.io/left-cluster';
