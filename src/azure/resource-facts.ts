export type Tags = Readonly<Record<string, string>>;

/** A resource's own state word; what is not one of the final ones is still under way, whatever it is called. */
export type ProvisioningState = string;
