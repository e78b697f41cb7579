SwaggerUIBundle({
  dom_id: '#swagger-ui',
  urls: [
    {name: 'chat-api: apps, reads, search', url: '/openapi.json'},
    {name: 'chat-gateway: writes', url: '/docs/chat-gateway.json'},
  ],
  layout: 'StandaloneLayout',
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  deepLinking: true,
  // Without this, Swagger UI sends the document to a validator on the internet.
  validatorUrl: null,
});
