/*
 * One ICE agent of libnice as a subprocess: a foreign agent for ours to connect with. One stream, one component, no DTLS.
 *
 *   libnice_agent controlling|controlled [--aggressive] [--relay] [--trickle] [--consent] [--renomination] [--local ADDRESS]
 *
 * Flat JSON objects, one a line. In, in this order (secrets come here and never in argv):
 *   {"stun":"ADDRESS","port":"3478"}                                    optional
 *   {"turn":"ADDRESS","port":"3478","user":"..","password":".."}        optional
 *   {"gather":"now"}
 *   {"ufrag":"..","pwd":".."}  {"candidate":"candidate:.."}  {"remote":"done"}
 *   {"send":"<hex>"}  {"echo":"on"}                                    at any time
 * Out: {"ufrag":..,"pwd":..} {"candidate":..} {"gathering":"done"} {"state":..} {"selected":"pair","local":..,"remote":..}
 *   {"received":"<hex>"} {"sent":"<bytes>"} {"echo":"on"} {"error":..}
 * The end of standard input ends the program; so does a limit of 120 s.
 */
#include <agent.h>
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static NiceAgent *agent;
static GMainLoop *loop;
static guint stream;
static gboolean echo;
static gchar *remote_ufrag, *remote_pwd;
static GSList *early_candidates;
static gboolean gathered, remote_done;

/* The text of a string member, or NULL; members here never hold escapes. The caller frees it. */
static gchar *member(const gchar *line, const gchar *name)
{
    gchar *key = g_strdup_printf("\"%s\"", name);
    const gchar *at = strstr(line, key);
    gchar *value = NULL;
    if (at) {
        const gchar *from = strchr(at + strlen(key), '"');
        const gchar *to = from ? strchr(from + 1, '"') : NULL;
        if (to)
            value = g_strndup(from + 1, (gsize)(to - from - 1));
    }
    g_free(key);
    return value;
}

static void say(const gchar *format, ...) G_GNUC_PRINTF(1, 2);
static void say(const gchar *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}

static gchar *describe(const NiceCandidate *candidate)
{
    static const gchar *const types[] = { "host", "srflx", "prflx", "relay" };
    gchar address[NICE_ADDRESS_STRING_LEN] = "";
    nice_address_to_string(&candidate->addr, address);
    return g_strdup_printf("%s %s %u", types[candidate->type], address, nice_address_get_port(&candidate->addr));
}

static void say_pair(void)
{
    NiceCandidate *local = NULL, *remote = NULL;
    if (!nice_agent_get_selected_pair(agent, stream, 1, &local, &remote))
        return;
    gchar *here = describe(local), *there = describe(remote);
    say("{\"selected\":\"pair\",\"local\":\"%s\",\"remote\":\"%s\"}", here, there);
    g_free(here);
    g_free(there);
}

static void on_candidate(NiceAgent *a, NiceCandidate *candidate, gpointer none)
{
    (void)a, (void)none;
    gchar *sdp = nice_agent_generate_local_candidate_sdp(agent, candidate);
    say("{\"candidate\":\"%s\"}", g_str_has_prefix(sdp, "a=") ? sdp + 2 : sdp);
    g_free(sdp);
}

static void add_remote(const gchar *text)
{
    gchar *sdp = g_strconcat("a=", text, NULL);
    NiceCandidate *candidate = nice_agent_parse_remote_candidate_sdp(agent, stream, sdp);
    g_free(sdp);
    if (!candidate) {
        say("{\"error\":\"candidate not understood: %s\"}", text);
        return;
    }
    candidate->component_id = 1;
    GSList *one = g_slist_append(NULL, candidate);
    if (nice_agent_set_remote_candidates(agent, stream, 1, one) < 0)
        say("{\"error\":\"candidate refused: %s\"}", text);
    g_slist_free_full(one, (GDestroyNotify)nice_candidate_free);
}

/* libnice takes remote candidates only once it has the credentials and has gathered its own. */
static void apply_remote(void)
{
    if (!gathered || !remote_ufrag)
        return;
    for (GSList *item = early_candidates; item; item = item->next)
        add_remote(item->data);
    g_slist_free_full(early_candidates, g_free);
    early_candidates = NULL;
    if (remote_done)
        nice_agent_peer_candidate_gathering_done(agent, stream);
}

static void on_gathered(NiceAgent *a, guint id, gpointer none)
{
    (void)a, (void)id, (void)none;
    gathered = TRUE;
    say("{\"gathering\":\"done\"}");
    apply_remote();
}

static void on_state(NiceAgent *a, guint id, guint component, guint state, gpointer none)
{
    (void)a, (void)id, (void)component, (void)none;
    say("{\"state\":\"%s\"}", nice_component_state_to_string(state));
    if (state == NICE_COMPONENT_STATE_READY)
        say_pair();
}

static void on_pair(NiceAgent *a, guint id, guint component, NiceCandidate *l, NiceCandidate *r, gpointer none)
{
    (void)a, (void)id, (void)component, (void)l, (void)r, (void)none;
    say_pair();
}

static void on_datagram(NiceAgent *a, guint id, guint component, guint length, gchar *bytes, gpointer none)
{
    (void)a, (void)none;
    if (echo) {
        nice_agent_send(agent, id, component, length, bytes);
        return;
    }
    GString *hex = g_string_sized_new(2 * length);
    for (guint i = 0; i < length; i++)
        g_string_append_printf(hex, "%02x", (guchar)bytes[i]);
    say("{\"received\":\"%s\"}", hex->str);
    g_string_free(hex, TRUE);
}

static void send_hex(const gchar *hex)
{
    gsize length = strlen(hex) / 2;
    gchar *bytes = g_malloc(length + 1);
    for (gsize i = 0; i < length; i++)
        bytes[i] = (gchar)((g_ascii_xdigit_value(hex[2 * i]) << 4) | g_ascii_xdigit_value(hex[2 * i + 1]));
    say("{\"sent\":\"%d\"}", nice_agent_send(agent, stream, 1, (guint)length, bytes));
    g_free(bytes);
}

static void set_turn(const gchar *address, const gchar *line)
{
    gchar *port = member(line, "port"), *user = member(line, "user"), *password = member(line, "password");
    nice_agent_set_relay_info(agent, stream, 1, address, (guint)atoi(port), user, password, NICE_RELAY_TYPE_TURN_UDP);
    g_free(port);
    g_free(user);
    g_free(password);
}

static void set_stun(const gchar *address, const gchar *line)
{
    gchar *port = member(line, "port");
    g_object_set(agent, "stun-server", address, "stun-server-port", (guint)atoi(port), NULL);
    g_free(port);
}

static void gather(void)
{
    gchar *ufrag = NULL, *pwd = NULL;
    nice_agent_get_local_credentials(agent, stream, &ufrag, &pwd);
    say("{\"ufrag\":\"%s\",\"pwd\":\"%s\"}", ufrag, pwd);
    g_free(ufrag);
    g_free(pwd);
    if (!nice_agent_gather_candidates(agent, stream))
        say("{\"error\":\"gathering could not start\"}");
}

static void obey(const gchar *line)
{
    gchar *value;
    if ((value = member(line, "turn")))
        set_turn(value, line);
    else if ((value = member(line, "stun")))
        set_stun(value, line);
    else if ((value = member(line, "gather")))
        gather();
    else if ((value = member(line, "ufrag"))) {
        g_free(remote_ufrag);
        g_free(remote_pwd);
        remote_ufrag = g_strdup(value);
        remote_pwd = member(line, "pwd");
        nice_agent_set_remote_credentials(agent, stream, remote_ufrag, remote_pwd);
        apply_remote();
    } else if ((value = member(line, "candidate"))) {
        early_candidates = g_slist_append(early_candidates, g_strdup(value));
        apply_remote();
    } else if ((value = member(line, "remote"))) {
        remote_done = TRUE;
        apply_remote();
    } else if ((value = member(line, "send")))
        send_hex(value);
    else if ((value = member(line, "echo"))) {
        echo = strcmp(value, "on") == 0;
        say("{\"echo\":\"%s\"}", value);
    } else
        say("{\"error\":\"not understood\"}");
    g_free(value);
}

static gboolean on_input(GIOChannel *channel, GIOCondition condition, gpointer none)
{
    (void)condition, (void)none;
    gchar *line = NULL;
    if (g_io_channel_read_line(channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
        g_main_loop_quit(loop);
        return FALSE;
    }
    obey(line);
    g_free(line);
    return TRUE;
}

static void on_closed(GObject *source, GAsyncResult *result, gpointer none)
{
    (void)source, (void)result, (void)none;
    g_main_loop_quit(loop);
}

static gboolean has(int argc, char **argv, const gchar *option)
{
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], option) == 0)
            return TRUE;
    return FALSE;
}

static NiceAgent *create(int argc, char **argv)
{
    NiceAgentOption options = NICE_AGENT_OPTION_NONE;
    if (!has(argc, argv, "--aggressive"))
        options |= NICE_AGENT_OPTION_REGULAR_NOMINATION;
    if (has(argc, argv, "--trickle"))
        options |= NICE_AGENT_OPTION_ICE_TRICKLE;
    if (has(argc, argv, "--consent"))
        options |= NICE_AGENT_OPTION_CONSENT_FRESHNESS;
    if (has(argc, argv, "--renomination"))
        options |= NICE_AGENT_OPTION_SUPPORT_RENOMINATION;
    NiceAgent *made = nice_agent_new_full(g_main_loop_get_context(loop), NICE_COMPATIBILITY_RFC5245, options);
    g_object_set(made, "controlling-mode", strcmp(argv[1], "controlling") == 0, "ice-tcp", FALSE, "upnp", FALSE,
                 "force-relay", has(argc, argv, "--relay"), "keepalive-conncheck", has(argc, argv, "--consent"), NULL);
    for (int i = 2; i + 1 < argc; i++) {
        NiceAddress address;
        nice_address_init(&address);
        if (strcmp(argv[i], "--local") == 0 && nice_address_set_from_string(&address, argv[i + 1]))
            nice_agent_add_local_address(made, &address);
    }
    return made;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "libnice_agent controlling|controlled [options]\n");
        return 64;
    }
    alarm(120);
    loop = g_main_loop_new(NULL, FALSE);
    agent = create(argc, argv);
    stream = nice_agent_add_stream(agent, 1);
    g_signal_connect(agent, "new-candidate-full", G_CALLBACK(on_candidate), NULL);
    g_signal_connect(agent, "candidate-gathering-done", G_CALLBACK(on_gathered), NULL);
    g_signal_connect(agent, "component-state-changed", G_CALLBACK(on_state), NULL);
    g_signal_connect(agent, "new-selected-pair-full", G_CALLBACK(on_pair), NULL);
    nice_agent_attach_recv(agent, stream, 1, g_main_loop_get_context(loop), on_datagram, NULL);

    GIOChannel *input = g_io_channel_unix_new(STDIN_FILENO);
    g_io_add_watch(input, G_IO_IN | G_IO_HUP, on_input, NULL);
    g_main_loop_run(loop);
    nice_agent_close_async(agent, on_closed, NULL); /* gives the allocation back */
    g_main_loop_run(loop);
    g_object_unref(agent);
    return 0;
}
