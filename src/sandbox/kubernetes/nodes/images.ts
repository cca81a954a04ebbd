/** Registries that the sandbox believes in; a real pull from any other host would not resolve. */
const KNOWN_HOSTS =
  /^(docker\.io|quay\.io|ghcr\.io|gcr\.io|registry\.k8s\.io|mcr\.microsoft\.com|public\.ecr\.aws|[a-z0-9]+\.azurecr\.io|(localhost|127\.0\.0\.1)(:\d+)?)$/;

/** Why an image cannot be pulled, in containerd's words, or undefined. */
export const pullError = (image: string): string | undefined => {
  const [first = '', ...rest] = image.split('/');
  const named = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const host = named ? first : 'docker.io';
  const repository = (named ? rest.join('/') : image).replace(/[:@].*$/, '');
  if (repository === '' || !/^[a-z0-9]+([._/-]+[a-z0-9]+)*$/.test(repository))
    return `couldn't parse image name "${image}": invalid reference format`;
  if (!KNOWN_HOSTS.test(host)) {
    return `failed to pull and unpack image "${image}": failed to resolve reference "${image}": failed to do request: Head "https://${host}/v2/${repository}/manifests/latest": dial tcp: lookup ${host} on 168.63.129.16:53: no such host`;
  }
  if (/[:@].*does-not-exist|does-not-exist/.test(image))
    return `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
  return undefined;
};

export const imageId = (image: string): string => (image.includes('@') ? image.replace(/:[^:@/]+@/, '@') : image);
