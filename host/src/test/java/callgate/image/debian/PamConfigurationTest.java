package callgate.image.debian;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PamConfigurationTest {
    private static final String UNIX =
            """
            Name: Unix authentication
            Default: yes
            Priority: 256
            Auth-Type: Primary
            Auth:
            \t[success=end default=ignore]\tpam_unix.so nullok try_first_pass
            Auth-Initial:
            \t[success=end default=ignore]\tpam_unix.so nullok
            Session-Type: Additional
            Session:
            \trequired\tpam_unix.so
            """;

    private static final String OTHER =
            """
            Name: Another
            Default: yes
            Priority: 512
            Auth-Type: Primary
            Auth:
            \t[success=end default=ignore]\tpam_other.so
            Session-Interactive-Only: yes
            Session-Type: Additional
            Session:
            \toptional\tpam_other.so
            """;

    private static final String OFF = "Name: Off\nDefault: no\nAuth-Type: Primary\nAuth:\n\tx\n";

    private final PamConfiguration pam = new PamConfiguration();

    @Test
    void theOnlyPrimaryModuleJumpsOverTheRefusal() {
        pam.add(UNIX);
        pam.add(OFF);
        assertThat(pam.text(PamConfiguration.Stack.AUTH, "$auth_primary\ndeny\n$auth_additional\n"))
                .isEqualTo("auth\t[success=1 default=ignore]\tpam_unix.so nullok\ndeny\n\n");
    }

    @Test
    void modulesStandByPriorityAndJumpBehindTheLast() {
        pam.add(UNIX);
        pam.add(OTHER);
        assertThat(pam.text(PamConfiguration.Stack.AUTH, "$auth_primary"))
                .isEqualTo(
                        "auth\t[success=2 default=ignore]\tpam_other.so\n"
                                + "auth\t[success=1 default=ignore]\tpam_unix.so nullok try_first_pass");
    }

    @Test
    void aStackWithoutPrimaryModulesLetsAllThrough() {
        pam.add(UNIX);
        pam.add(OTHER);
        String template = "$session_primary|$session_additional";
        assertThat(pam.text(PamConfiguration.Stack.SESSION, template))
                .isEqualTo(
                        "session\t[default=1]\t\t\tpam_permit.so|"
                                + "session\toptional\tpam_other.so\nsession\trequired\tpam_unix.so");
        assertThat(
                        pam.text(
                                PamConfiguration.Stack.SESSION_NONINTERACTIVE,
                                "$session_nonint_primary|$session_nonint_additional"))
                .isEqualTo(
                        "session\t[default=1]\t\t\tpam_permit.so|session\trequired\tpam_unix.so");
    }
}
